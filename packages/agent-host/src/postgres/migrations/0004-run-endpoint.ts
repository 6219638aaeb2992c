/** What asked for a run; null for runs from before this step, and for those that nothing with a name asked for. */
export const runEndpoint = `
alter table agent_host.runs add column endpoint text;
`
