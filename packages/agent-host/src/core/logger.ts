/** What the layers need of a logger; pino fits. Fields come first, words second, and neither ever holds a secret. */
export interface Logger {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}
