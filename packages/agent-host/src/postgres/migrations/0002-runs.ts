export const runs = `
create table agent_host.runs (
  id text collate "C" primary key,
  session_id text collate "C" not null,
  state text not null,
  owner text not null,
  token bigint not null,
  expires_at timestamptz(3) not null,
  model text,
  created_at timestamptz(3) not null,
  started_at timestamptz(3),
  ended_at timestamptz(3),
  error text,
  last_sequence bigint not null default 0,
  cancel_requested boolean not null default false
);
create index runs_live on agent_host.runs (expires_at) where ended_at is null;
create index runs_ended on agent_host.runs (ended_at) where ended_at is not null;

create table agent_host.run_events (
  run_id text collate "C" not null references agent_host.runs on delete cascade,
  sequence bigint not null,
  event text not null,
  primary key (run_id, sequence)
);
`
