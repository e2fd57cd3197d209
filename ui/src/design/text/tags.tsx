import { To } from './to.js'

/** The tags of a run, each leading to the runs that have it. */
export function Tags({ tags }: { tags: Readonly<Record<string, string>> }) {
  return Object.entries(tags).map(([key, value]) => (
    <span key={key}>
      {' '}
      <To to="/runs" search={{ tag: `${key}=${value}` }} size="xs" ff="monospace" title="Runs with this tag">
        {key}={value}
      </To>
    </span>
  ))
}
