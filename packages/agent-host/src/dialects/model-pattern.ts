/**
 * Whether a model id matches one of the patterns. Ids are lower-cased and lose their path, file ending and quantisation
 * marks only as far as the patterns ignore them: `Qwen/Qwen3-8B-GGUF`, `qwen3:8b` and `qwen3-8b-q4_k_m.gguf` all match
 * `/qwen-?3/`.
 */
export function modelPattern(...patterns: readonly RegExp[]): (model: string) => boolean {
  return (model) => {
    const name = model.toLowerCase().replaceAll(/[_\s]/g, '-')
    return patterns.some((pattern) => pattern.test(name))
  }
}
