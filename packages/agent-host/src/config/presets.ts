/** Where a kind of model server listens, as it comes out of the box. */
interface Preset {
  protocol: 'http' | 'https'
  host: string
  /** In the order they are tried. */
  ports: readonly [number, ...number[]]
}

export const presets = {
  vllm: { protocol: 'http', host: 'localhost', ports: [8000] },
  lmstudio: { protocol: 'http', host: 'localhost', ports: [8888, 1234] },
  ollama: { protocol: 'http', host: 'localhost', ports: [11434] },
  llamacpp: { protocol: 'http', host: 'localhost', ports: [8080] },
  openai: { protocol: 'https', host: 'api.openai.com', ports: [443] },
} as const satisfies Record<string, Preset>

export const presetNames = [
  'vllm',
  'lmstudio',
  'ollama',
  'llamacpp',
  'openai',
] as const satisfies (keyof typeof presets)[]
