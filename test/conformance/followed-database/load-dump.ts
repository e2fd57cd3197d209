import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { splitStatements } from '../../../src/sql/index.js'
import { openPostgres, type PostgresWarehouseOptions, withConnection } from '../../../src/warehouse/index.js'

/** What a plain dump holds for psql: statements, and the rows behind `COPY … FROM stdin`. */
const copyBlock = /^COPY [^;]+ FROM stdin;[^\n]*\n([\s\S]*?)^\\\.$/gim

/**
 * Runs the SQL of a file, or of each `.sql` file of a folder by name. A statement that the server refuses (owners, extensions that it
 * does not have) is told and passed over, as psql does it.
 */
export async function loadDump(path: string, options: PostgresWarehouseOptions): Promise<readonly string[]> {
  const refused: string[] = []
  const warehouse = await openPostgres(options)
  try {
    await withConnection(warehouse, async (connection) => {
      for (const file of await filesOf(path)) {
        const text = await readFile(file, 'utf8')
        let at = 0
        for (const block of text.matchAll(copyBlock)) {
          for (const sql of statementsOf(text.slice(at, block.index))) await connection.query(sql).catch(note(sql))
          const [whole, rows = ''] = block
          const copy = whole.slice(0, whole.indexOf(';'))
          await connection.query(copy, { copyBytes: bytesOf(rows) }).catch(note(copy))
          at = block.index + whole.length
        }
        for (const sql of statementsOf(text.slice(at))) await connection.query(sql).catch(note(sql))
      }
    })
  } finally {
    await warehouse.close()
  }
  return refused

  function note(sql: string) {
    return (error: Error) => {
      refused.push(`${error.message.split('\n')[0]}: ${sql.replace(/\s+/g, ' ').slice(0, 80)}`)
    }
  }
}

async function filesOf(path: string): Promise<string[]> {
  if (!(await stat(path)).isDirectory()) return [path]
  const names = (await readdir(path)).filter((name) => name.endsWith('.sql'))
  return names.sort().map((name) => join(path, name))
}

/** Without what only psql understands, and without the making of the database, which is there. */
const statementsOf = (text: string) =>
  splitStatements(text.replace(/^\\.*$/gm, '')).filter((sql) => !/^(--.*\n|\s)*(create|drop) database/i.test(sql))

async function* bytesOf(rows: string): AsyncIterable<Uint8Array> {
  yield Buffer.from(rows)
}

/** What a view or a column without a place of its own computes may fail for what is written at random; and no column of a table that a view shows could be changed. */
export const dropViews = `do $$ declare v regclass; c record; begin
  for v in select oid::regclass from pg_class where relkind in ('v', 'm') and relnamespace not in ('pg_catalog'::regnamespace, 'information_schema'::regnamespace) loop
    execute 'drop ' || case when (select relkind from pg_class where oid = v) = 'm' then 'materialized ' else '' end || 'view if exists ' || v || ' cascade';
  end loop;
  for c in select attrelid::regclass as t, attname from pg_attribute where attgenerated = 'v' and attrelid >= 16384 loop
    execute format('alter table %s drop column %I cascade', c.t, c.attname);
  end loop; end $$`
