import type { Clock } from '../../../base/index.js'
import { JinjaEnvironment } from '../../../jinja/index.js'
import { filters } from './filters.js'
import { macros } from './macros.js'

export interface TemplateLanguage {
  readonly environment: JinjaEnvironment
  /** What templates may call without its being in their context. */
  readonly globals: ReadonlySet<string>
}

/** The template itself, of which there is nothing to be seen: some manifests write `{{ self.name }}`, and mean something else. */
const self = {
  pythonType: 'TemplateReference',
  jinjaAttribute: () => undefined,
  pythonRepr: () => '<TemplateReference None>',
}

/** Jinja as the CDK has it: its macros and filters, and no `range`, which could take for ever. */
export function templateLanguage(clock: Pick<Clock, 'now'>, random: () => number): TemplateLanguage {
  const own = macros(clock, random)
  const environment = new JinjaEnvironment({ filters, globals: { ...own, self, range: undefined } })
  return { environment, globals: new Set([...Object.keys(own), 'self', 'dict', 'namespace', 'cycler', 'joiner']) }
}
