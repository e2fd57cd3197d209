/** One line of docs/benchmarks.md. */
export interface Figure {
  readonly what: string
  readonly millrace: string
  readonly comparedWith: string
  readonly ratio: string
}

export const inSeconds = (value: number) => `${value.toFixed(value < 10 ? 2 : 1)} s`
/** Of small ones more digits: 0.05 may be 18 times or 22. */
export const times = (value: number) => `${value.toFixed(value < 0.1 ? 3 : 2)}×`
export const inMegabytes = (value: number) => `${value.toFixed(0)} MB`

/** Peers are no dependency: who wants to compare installs them and names their commands. */
export interface Peer {
  readonly name: string
  readonly command: string | undefined
  readonly variable: string
}

/** dbt Core 1.12 with dbt-duckdb and dbt-postgres. */
export const dbtCore: Peer = {
  name: 'dbt Core 1.12',
  command: process.env.MILLRACE_BENCH_DBT,
  variable: 'MILLRACE_BENCH_DBT',
}
/** dbt 2.0 (Rust); it parses and starts, its database drivers are downloads. */
export const dbt2: Peer = {
  name: 'dbt 2.0',
  command: process.env.MILLRACE_BENCH_DBT2,
  variable: 'MILLRACE_BENCH_DBT2',
}

/** A Python that has Dagster 1.13. */
export const dagster: Peer = {
  name: 'Dagster 1.13',
  command: process.env.MILLRACE_BENCH_DAGSTER,
  variable: 'MILLRACE_BENCH_DAGSTER',
}

/** A Python that has Airbyte's CDK 7, for which manifests are written. */
export const cdk: Peer = {
  name: "Airbyte's Python CDK",
  command: process.env.MILLRACE_BENCH_CDK,
  variable: 'MILLRACE_BENCH_CDK',
}

/** PostgreSQL's own benchmark, of any version. */
export const pgbench: Peer = {
  name: '`pgbench -N`',
  command: process.env.MILLRACE_BENCH_PGBENCH,
  variable: 'MILLRACE_BENCH_PGBENCH',
}

/** What is aimed at, and what Dagster took where there is one. */
export const besideDagster = (aim: string, theirs: string | undefined): string =>
  `aim: ${aim}; ${theirs === undefined ? `not measured: name it in ${dagster.variable}` : `${dagster.name}: ${theirs}`}`

/** A line that compares our seconds with those of peers that ran, and says how to have one that did not. */
export function secondsBesidePeers(
  what: string,
  ours: number,
  peers: readonly (readonly [Peer, number | undefined])[],
  detail?: string,
): Figure {
  const ran = peers.filter(([, value]) => value !== undefined) as (readonly [Peer, number])[]
  return {
    what,
    millrace: detail === undefined ? inSeconds(ours) : `${inSeconds(ours)} (${detail})`,
    comparedWith:
      ran.length === 0
        ? `not measured: name it in ${peers.map(([peer]) => peer.variable).join(' or ')}`
        : ran.map(([peer, value]) => `${peer.name}: ${inSeconds(value)}`).join(', '),
    ratio: ran.map(([, value]) => times(ours / value)).join(', '),
  }
}
