/**
 * Texts of people and models are kept as JSON in columns of type text: neither text nor jsonb holds U+0000, which they
 * may have. Ids are compared byte by byte, as everywhere else.
 */
export const sessions = `
create sequence agent_host.tokens;

create table agent_host.sessions (
  id text collate "C" primary key,
  title text not null,
  metadata text not null,
  forked_from text,
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  head text collate "C",
  entry_count bigint not null default 0,
  owner text,
  token bigint,
  expires_at timestamptz(3)
);
create index sessions_listed on agent_host.sessions (updated_at desc, id desc);

create table agent_host.entries (
  session_id text collate "C" not null references agent_host.sessions on delete cascade,
  position bigint not null,
  id text collate "C" not null,
  parent_id text collate "C",
  entry text not null,
  intent text collate "C",
  primary key (session_id, position)
);
create unique index entries_id on agent_host.entries (session_id, id);
-- A call starts once: this index is the compare-and-set.
create unique index entries_intent on agent_host.entries (session_id, intent) where intent is not null;
`
