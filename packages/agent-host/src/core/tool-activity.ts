/**
 * How the client of a chat completion is shown what the agent's own tools do: as lines of reasoning, as `tool_calls` that
 * have their `result`, or not at all.
 */
export const toolActivities = ['reasoning', 'tool_calls', 'none'] as const
export type ToolActivity = (typeof toolActivities)[number]
