/** When a record was last put. Only kinds that are not kept for good are looked for by it. */
export const recordTimes = `
alter table agent_host.records add column put_at timestamptz(3) not null default now();
create index records_passing on agent_host.records (put_at) where kind = 'chat-steps';
`
