import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { asset, check, dbt, defineProject, newFiles, schedule, sensor } from 'millrace'

// In a container the project cannot be written: there REPORTS_DIR names a folder that can.
const reportFile = (projectDir: string) =>
  join(process.env.REPORTS_DIR ?? join(projectDir, 'reports'), 'delay_report.md')
const percent = (value: number | null) => (value === null ? '' : `${value.toFixed(1)} %`)
const row = (...cells: readonly (string | number | null)[]) => `| ${cells.map((cell) => cell ?? '').join(' | ')} |`

const report = asset('reports/delay_report', {
  deps: [dbt.models.mart_airport_delays],
  inputs: { worstDays: dbt.models.mart_worst_days },
  description: 'The ten busy airports and the ten days with the largest share of late flights, as a Markdown file.',
  kinds: ['typescript', 'markdown'],
  group: 'reports',
  owners: ['Operations'],
  retry: { max: 1 },
  async run({ query, inputs, metadata, log, projectDir }) {
    const airports = await query<{ airport: string; city: string; flights: number; late_percentage: number }>(`
      select airport, city, flights, late_percentage
      from ${dbt.models.mart_airport_delays}
      where is_busy
      order by late_percentage desc
      limit 10`)
    // As many rows as there are worst days: few. They have the types of the model's columns.
    const days = (await inputs.worstDays.all()).sort((a, b) => Number(a.place) - Number(b.place)).slice(0, 10)
    const text = [
      '# Late airports',
      '',
      row('Airport', 'City', 'Flights', 'Late'),
      '|---|---|---:|---:|',
      ...airports.map((one) => row(one.airport, one.city, one.flights, percent(one.late_percentage))),
      '',
      '# Worst days',
      '',
      row('Day', 'Weekday', 'Late', 'Note'),
      '|---|---|---:|---|',
      ...days.map((one) => row(one.day, one.weekday, percent(one.late_percentage), one.note)),
      '',
    ].join('\n')
    await mkdir(dirname(reportFile(projectDir)), { recursive: true })
    await writeFile(reportFile(projectDir), text)
    log(`The latest of all: ${airports[0]?.city}; the worst day: ${days[0]?.day}`)
    metadata({
      airports: airports.length,
      days: days.length,
      file: { type: 'path', path: 'reports/delay_report.md' },
      report: { type: 'markdown', text },
    })
  },
})

const isWhole = check(
  report,
  'is_whole',
  { blocking: true, description: 'The file lists ten airports and ten days.' },
  async ({ projectDir }) => {
    const lines = (await readFile(reportFile(projectDir), 'utf8')).split('\n').filter((line) => line.includes(' % |'))
    return { passed: lines.length === 20, message: `${lines.length} of 20 lines`, metadata: { lines: lines.length } }
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

export default defineProject(report, isWhole, nightly, arrivals)
