import { defineFunction, functionOf, type JinjaObject, type Printable, str } from '../../jinja/index.js'
import type { Manifest, ManifestNode, ManifestResource } from '../contract.js'
import { transformErrors } from '../errors.js'
import { resourceNamed } from '../graph/named-nodes.js'
import { toPython } from '../python/values.js'

/** What `metric('name')` is while a project is parsed: a name, printed as such. */
class MetricReference implements Printable {
  readonly metric_name: string
  readonly package_name: string | null

  constructor(metricName: string, packageName: string | null) {
    this.metric_name = metricName
    this.package_name = packageName
  }

  pythonStr(): string {
    return this.metric_name
  }
}

/** The same while it runs: templates see the metric's own fields, and what it is made of. */
class ResolvedMetric implements Printable, JinjaObject {
  readonly #metric: ManifestResource
  readonly #metrics: Manifest['metrics']

  constructor(metric: ManifestResource, metrics: Manifest['metrics']) {
    this.#metric = metric
    this.#metrics = metrics
  }

  pythonStr(): string {
    return this.#metric.name
  }

  jinjaAttribute(name: string): unknown {
    if (name === 'metric_name') return this.#metric.name
    const found = this.#metric[name]
    if (found !== undefined) return toPython(found)
    const all = this.#withParents(this.#metric, 1)
    const derived = all.filter(({ metric }) => isDerived(metric))
    const answers: Record<string, () => unknown> = {
      full_metric_dependency: () => unique(all),
      base_metric_dependency: () => unique(all.filter(({ metric }) => !isDerived(metric))),
      derived_metric_dependency: () => unique(derived),
      derived_metric_dependency_depth: () => toPython(derived.map(({ metric, depth }) => ({ [metric.name]: depth }))),
    }
    const answer = answers[name]
    return answer && defineFunction(name, [], answer)
  }

  #withParents(
    metric: ManifestResource,
    depth: number,
  ): { readonly metric: ManifestResource; readonly depth: number }[] {
    const parents = (metric.depends_on?.nodes ?? []).flatMap((id) => this.#metrics[id] ?? [])
    return [{ metric, depth }, ...parents.flatMap((one) => this.#withParents(one, depth + 1))]
  }
}

const isDerived = ({ type }: ManifestResource) => type === 'derived' || type === 'ratio'
const unique = (all: readonly { readonly metric: ManifestResource }[]) => [
  ...new Set(all.map(({ metric }) => metric.name)),
]

/** `metric('name')`, `metric('package', 'name')` while parsing. @param onUse hears of the names */
const metricFunction = functionOf('metric', ['*args'])

export const parsingMetric = (onUse: (names: string[]) => void) =>
  metricFunction((args: unknown[]) => {
    const names = namesOf(args)
    onUse(names)
    return new MetricReference(names.at(-1) as string, names.length > 1 ? (names[0] as string) : null)
  })

export const executionMetric = ({ metrics, metadata }: Manifest, node: Pick<ManifestNode, 'package_name'>) =>
  metricFunction((args: unknown[]) => {
    const names = namesOf(args)
    const found = resourceNamed(metrics, names, metadata.project_name, node.package_name)
    if (found) return new ResolvedMetric(found, metrics)
    throw transformErrors.create('TRANSFORM_REF_NOT_FOUND', {
      message: `There is no metric '${names.join('.')}'.`,
      hint: 'Metrics stand below `metrics:` in a properties file of models.',
    })
  })

function namesOf(args: readonly unknown[]): string[] {
  if (args.length === 1 || args.length === 2) return args.map((arg) => str(arg))
  throw transformErrors.create('TRANSFORM_COMPILE', {
    message: `metric() takes one or two names, and was given ${args.length}.`,
    hint: "Write metric('revenue') or metric('package', 'revenue').",
  })
}
