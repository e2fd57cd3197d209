import { describe, expect, it } from 'vitest'
import { graphMaps, graphMember } from './graph.js'

describe('the maps of the graph', () => {
  it('are sorted, and know only members and groups of the manifest, as in dbt', () => {
    const members = [
      { id: 'model.p.b', parents: ['source.p.s.t', 'model.p.a', 'model.p.a', 'model.p.gone'], group: 'finance' },
      { id: 'model.p.a', parents: [], group: 'unknown' },
      { id: 'source.p.s.t', parents: [], group: null },
    ]
    expect(graphMaps(members, ['finance', 'empty'])).toEqual({
      parent: { 'model.p.b': ['model.p.a', 'model.p.gone', 'source.p.s.t'], 'model.p.a': [], 'source.p.s.t': [] },
      child: { 'model.p.b': [], 'model.p.a': ['model.p.b'], 'source.p.s.t': ['model.p.b'] },
      group: { finance: ['model.p.b'], empty: [] },
    })
  })

  it('count metrics and saved queries among the groups, but no functions', () => {
    const metric = { unique_id: 'metric.p.m', resource_type: 'metric', group: 'finance', depends_on: { nodes: ['x'] } }
    expect(graphMember(metric)).toEqual({ id: 'metric.p.m', parents: ['x'], group: 'finance' })
    const udf = { unique_id: 'function.p.f', resource_type: 'function', group: 'finance' }
    expect(graphMember(udf)).toEqual({ id: 'function.p.f', parents: [], group: null })
  })
})
