import { warehouseContract } from '../../src/warehouse/contract.suite.js'
import { openSpark, withConnection } from '../../src/warehouse/index.js'

const [host = '', port = ''] = (process.env.MILLRACE_TEST_SPARK ?? '127.0.0.1:10777').split(':')
const options = { host, port: Number(port), authentication: 'none' as const }

async function openEmpty() {
  const warehouse = await openSpark(options)
  const relations = await warehouse.listRelations({ schemas: ['default'] })
  await withConnection(warehouse, async (connection) => {
    for (const { identifier, type } of relations) await connection.query(`drop ${type} \`default\`.\`${identifier}\``)
    for (const schema of await warehouse.listSchemas())
      if (schema !== 'default') await connection.query(`drop schema \`${schema}\` cascade`)
  })
  return warehouse
}

warehouseContract('spark', openEmpty, {
  series: (count) => `(select id as n from range(1, ${count + 1})) as s`,
  endless: 'select count(*) as n from range(100000000) a cross join range(100000) b where a.id * b.id % 7 = 3',
  types: {
    integer: 'int',
    bigint: 'bigint',
    decimal: 'decimal(38, 9)',
    double: 'double',
    text: 'string',
    timestamp: 'timestamp_ntz',
    timestamptz: 'timestamp',
  },
  parameter: () => '?',
  zone: {
    set: 'set spark.sql.session.timeZone = Pacific/Kiritimati',
    shown: 'select current_timezone() as zone',
  },
  hasInfiniteTimes: false,
  beforeChrist: undefined,
  temporaryTables: false,
  countsWrites: false,
  hasNotNull: false,
})
