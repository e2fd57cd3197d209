import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { asset, check, defineProject, newFiles, schedule, sensor } from 'millrace'

const report = asset('reports/delay_report', {
  deps: ['main/mart_airport_delays', 'main/mart_worst_days'],
  description: 'The ten airports with the most late flights, as a Markdown file.',
  kinds: ['typescript', 'markdown'],
  group: 'reports',
  owners: ['Operations'],
  async run({ query, metadata, log, projectDir }) {
    const rows = await query<{ airport: string; city: string; flights: number; late_percentage: number }>(
      'select airport, city, flights::integer as flights, late_percentage::double as late_percentage from main.mart_airport_delays where flights > 5000 order by late_percentage desc limit 10',
    )
    const lines = rows.map((row) => `| ${row.airport} | ${row.city} | ${row.flights} | ${row.late_percentage} % |`)
    const text = [
      '# Late airports',
      '',
      '| Airport | City | Flights | Late |',
      '|---|---|---:|---:|',
      ...lines,
      '',
    ].join('\n')
    await mkdir(join(projectDir, 'reports'), { recursive: true })
    await writeFile(join(projectDir, 'reports', 'delay_report.md'), text)
    log(`The latest of all: ${rows[0]?.airport}`)
    metadata({ airports: rows.length, report: { type: 'markdown', text } })
  },
})

const hasTen = check(
  report,
  'has_ten_airports',
  { blocking: true, description: 'The report lists ten airports.' },
  async ({ query }) => {
    const [row] = await query<{ n: number }>('select count(*) as n from main.mart_airport_delays where flights > 5000')
    return { passed: (row?.n ?? 0) >= 10, metadata: { airports: row?.n ?? 0 } }
  },
)

const nightly = schedule('nightly', {
  cron: '0 5 * * *',
  timezone: 'UTC',
  target: '*',
  description: 'Everything, every night.',
  catchUp: 'none',
})

const arrivals = sensor('new_notes', newFiles({ path: 'data/incoming/*.csv', every: '10s', target: 'raw/day_notes+' }))

export default defineProject(report, hasTen, nightly, arrivals)
