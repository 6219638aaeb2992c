export const records = `
create table agent_host.records (
  kind text collate "C" not null,
  id text collate "C" not null,
  record text not null,
  primary key (kind, id)
);
`
