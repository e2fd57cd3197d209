import { didYouMean } from '../../../base/index.js'
import type { Manifest } from '../../contract.js'

const graphSigns = /^(?:@|\d*\+)|\+\d*$/g

/** What a criterion that matches nothing was probably meant to name: a model, a seed or a snapshot. */
export function nearestSelection(criterion: string, { nodes }: Pick<Manifest, 'nodes'>): string | undefined {
  const name = criterion.replace(graphSigns, '')
  if (!/^\w+$/.test(name)) return undefined
  // The ids say it all: nodes themselves need not be read for it.
  const names = Object.keys(nodes).flatMap((id) => {
    const [type = '', , own] = id.split('.')
    return own !== undefined && ['model', 'seed', 'snapshot'].includes(type) ? [own] : []
  })
  return didYouMean(name, names)
}
