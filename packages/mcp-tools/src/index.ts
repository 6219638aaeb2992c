export { ToolError, type ToolErrorCode, toolErrorCodes } from './errors.ts'
export { buildServer } from './server.ts'
export { createTools } from './tools/registry.ts'
export { defineTool, type Tool, type ToolAnswer, type ToolCall, type ToolDefinition } from './tools/tool.ts'
