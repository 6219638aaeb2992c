/** What stands behind a name that the model calls. */
export type NamedTool =
  | { kind: 'function' | 'custom'; name: string; namespace?: string }
  /** `asks`: each call waits for the client's approval. */
  | { kind: 'mcp'; name: string; label: string; asks: boolean }
