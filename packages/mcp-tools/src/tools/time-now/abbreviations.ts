/** An abbreviation that stands for one clock: its zone, and the offset from UTC, in minutes, that it names there. */
export interface Abbreviation {
  readonly zone: string
  readonly minutes: number
}

/**
 * Abbreviations in use that mean one clock. Those that are themselves names in the time zone database (CET, EET, HST,
 * UTC, …) are found there; those of several clocks are in `ambiguous-names.ts`.
 */
export const abbreviations: Readonly<Record<string, Abbreviation>> = {
  KST: { zone: 'Asia/Seoul', minutes: 540 },
  JST: { zone: 'Asia/Tokyo', minutes: 540 },
  HKT: { zone: 'Asia/Hong_Kong', minutes: 480 },
  SGT: { zone: 'Asia/Singapore', minutes: 480 },
  MYT: { zone: 'Asia/Kuala_Lumpur', minutes: 480 },
  PHT: { zone: 'Asia/Manila', minutes: 480 },
  WIB: { zone: 'Asia/Jakarta', minutes: 420 },
  WITA: { zone: 'Asia/Makassar', minutes: 480 },
  WIT: { zone: 'Asia/Jayapura', minutes: 540 },
  ICT: { zone: 'Asia/Bangkok', minutes: 420 },
  NPT: { zone: 'Asia/Kathmandu', minutes: 345 },
  PKT: { zone: 'Asia/Karachi', minutes: 300 },
  IDT: { zone: 'Asia/Jerusalem', minutes: 180 },
  MSK: { zone: 'Europe/Moscow', minutes: 180 },
  TRT: { zone: 'Europe/Istanbul', minutes: 180 },
  CEST: { zone: 'Europe/Paris', minutes: 120 },
  EEST: { zone: 'Europe/Helsinki', minutes: 180 },
  WEST: { zone: 'Europe/Lisbon', minutes: 60 },
  SAST: { zone: 'Africa/Johannesburg', minutes: 120 },
  WAT: { zone: 'Africa/Lagos', minutes: 60 },
  CAT: { zone: 'Africa/Maputo', minutes: 120 },
  EAT: { zone: 'Africa/Nairobi', minutes: 180 },
  ET: { zone: 'America/New_York', minutes: -300 },
  EDT: { zone: 'America/New_York', minutes: -240 },
  CT: { zone: 'America/Chicago', minutes: -360 },
  MDT: { zone: 'America/Denver', minutes: -360 },
  PT: { zone: 'America/Los_Angeles', minutes: -480 },
  PDT: { zone: 'America/Los_Angeles', minutes: -420 },
  AKST: { zone: 'America/Anchorage', minutes: -540 },
  AKDT: { zone: 'America/Anchorage', minutes: -480 },
  NST: { zone: 'America/St_Johns', minutes: -210 },
  NDT: { zone: 'America/St_Johns', minutes: -150 },
  BRT: { zone: 'America/Sao_Paulo', minutes: -180 },
  ART: { zone: 'America/Argentina/Buenos_Aires', minutes: -180 },
  CLT: { zone: 'America/Santiago', minutes: -240 },
  CLST: { zone: 'America/Santiago', minutes: -180 },
  COT: { zone: 'America/Bogota', minutes: -300 },
  PET: { zone: 'America/Lima', minutes: -300 },
  AWST: { zone: 'Australia/Perth', minutes: 480 },
  ACDT: { zone: 'Australia/Adelaide', minutes: 630 },
  AEDT: { zone: 'Australia/Sydney', minutes: 660 },
  NZST: { zone: 'Pacific/Auckland', minutes: 720 },
  NZDT: { zone: 'Pacific/Auckland', minutes: 780 },
}
