/** Cities that the demo knows, as people write them, with their zones. */
const cities: readonly (readonly [zone: string, english: readonly string[], korean: readonly string[]])[] = [
  ['Asia/Seoul', ['seoul', 'busan', 'korea'], ['서울', '부산', '한국']],
  ['Asia/Tokyo', ['tokyo', 'osaka', 'japan'], ['도쿄', '동경', '오사카', '일본']],
  ['Asia/Shanghai', ['beijing', 'shanghai', 'china'], ['베이징', '북경', '상하이', '중국']],
  ['Asia/Hong_Kong', ['hong kong'], ['홍콩']],
  ['Asia/Taipei', ['taipei'], ['타이베이', '대만']],
  ['Asia/Singapore', ['singapore'], ['싱가포르']],
  ['Asia/Bangkok', ['bangkok'], ['방콕']],
  ['Asia/Ho_Chi_Minh', ['hanoi', 'ho chi minh city', 'saigon'], ['하노이', '호찌민', '호치민']],
  ['Asia/Kolkata', ['mumbai', 'new delhi', 'delhi', 'bangalore', 'kolkata', 'india'], ['뭄바이', '델리', '인도']],
  ['Asia/Kathmandu', ['kathmandu'], ['카트만두']],
  ['Asia/Dubai', ['dubai'], ['두바이']],
  ['Europe/Moscow', ['moscow'], ['모스크바']],
  ['Europe/Istanbul', ['istanbul'], ['이스탄불']],
  ['Africa/Cairo', ['cairo'], ['카이로']],
  ['Africa/Johannesburg', ['johannesburg', 'cape town'], ['요하네스버그', '케이프타운']],
  ['Europe/London', ['london'], ['런던', '영국']],
  ['Europe/Paris', ['paris', 'france'], ['파리', '프랑스']],
  ['Europe/Berlin', ['berlin', 'munich', 'germany'], ['베를린', '뮌헨', '독일']],
  ['Europe/Madrid', ['madrid', 'barcelona'], ['마드리드', '바르셀로나']],
  ['Europe/Rome', ['rome', 'milan'], ['로마', '밀라노']],
  ['Europe/Amsterdam', ['amsterdam'], ['암스테르담']],
  ['America/New_York', ['new york', 'boston', 'washington'], ['뉴욕', '보스턴', '워싱턴']],
  ['America/Chicago', ['chicago'], ['시카고']],
  ['America/Denver', ['denver'], ['덴버']],
  ['America/Los_Angeles', ['los angeles', 'san francisco', 'seattle'], ['로스앤젤레스', '샌프란시스코', '시애틀']],
  ['America/Toronto', ['toronto'], ['토론토']],
  ['America/Sao_Paulo', ['são paulo', 'sao paulo'], ['상파울루']],
  ['Australia/Sydney', ['sydney'], ['시드니']],
  ['Pacific/Auckland', ['auckland'], ['오클랜드']],
  ['UTC', ['utc', 'gmt'], ['세계 표준시', '협정 세계시']],
]

const zoneName =
  /\b(?:Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Europe|Indian|Pacific|Etc)(?:\/[\w+-]+){1,2}/g

/** The time zones that a text names, by IANA name (taken as it stands, right or wrong) or by city, each once. */
export function findTimeZones(text: string): string[] {
  const zones = new Set(text.match(zoneName))
  const rest = text.replace(zoneName, ' ').toLowerCase()
  for (const [zone, english, korean] of cities) {
    // Korean particles are glued to the word before them, so Korean names have no word boundary.
    if (english.some((name) => isWordIn(name, rest)) || korean.some((name) => rest.includes(name))) zones.add(zone)
  }
  return [...zones]
}

function isWordIn(name: string, text: string): boolean {
  return new RegExp(`(?<![\\p{L}\\p{N}_])${name}(?![a-z0-9_])`, 'u').test(text)
}
