import { str } from '../../../../jinja/index.js'
import type { TemplateValues } from '../../component-contract.js'
import { retold } from '../../failure.js'
import { shownUrl } from '../../http/shown-request.js'
import { joinUrl } from '../../http/split-url.js'
import { TransportError } from '../../http/transport-error.js'
import type { Interpolation } from '../../interpolation/index.js'

export interface UrlTemplates {
  readonly url: string | undefined
  readonly urlBase: string | undefined
  readonly path: string | undefined
}

export interface RequestUrl {
  /** @param path in place of the requester's own */
  url(values: TemplateValues, path: string | undefined): string
  base(values: TemplateValues): string
  /** A failure that came of an address without a scheme, told by what was written: joined with a path, little of it may be left. */
  explained(error: unknown, values: TemplateValues): unknown
}

export function requestUrl(templates: UrlTemplates, interpolation: Interpolation): RequestUrl {
  const text = (template: string | undefined) => {
    if (!template) return () => ''
    const value = interpolation.value(template)
    return (values: TemplateValues) => str(value(values))
  }
  const [url, urlBase, ownPath] = [text(templates.url), text(templates.urlBase), text(templates.path)]
  return {
    url: (values, givenPath) => {
      const base = urlBase(values) || url(values)
      const path = givenPath || ownPath(values).replace(/^\/+/, '')
      if (!path) return base
      return joinUrl(base.endsWith('/') ? base : `${base}/`, path)
    },
    base: (values) => url(values) || urlBase(values),
    explained: (error, values) => {
      const { cause } = error instanceof Error ? error : {}
      if (!(cause instanceof TransportError) || !schemeProblems.includes(cause.problem)) return error
      const base = urlBase(values) || url(values)
      if (base === '' || /^https?:/i.test(base)) return error
      const shown = shownUrl(base)
      const settings = settingsIn((urlBase(values) && templates.urlBase) || templates.url || '')
      const where =
        settings.length === 0
          ? `\`${templates.urlBase ? 'url_base' : 'url'}\` of the requester`
          : `the setting ${settings.map((name) => `\`${name}\``).join(', ')}`
      return retold(
        error,
        `A request cannot be sent: the address \`${shown}\` begins with neither http:// nor https://.`,
        'API_REFUSED',
        `Write the scheme in ${where}: http://${shown}, or https://${shown} where it answers encrypted.`,
      )
    },
  }
}

const schemeProblems: readonly string[] = ['MissingSchema', 'InvalidSchema']

/** The settings that a template names, as paths: `config['a']['b']` is `a.b`. */
function settingsIn(template: string): readonly string[] {
  const found = template.matchAll(
    /\bconfig((?:\.get\(\s*(?:'[^']+'|"[^"]+")|\[\s*(?:'[^']+'|"[^"]+")\s*\]|\.(?!get\b)\w+)+)/g,
  )
  const names = [...found].map(
    ([, path = '']) =>
      path
        .replace(/\.get\(/g, '.')
        .match(/\w+/g)
        ?.join('.') ?? '',
  )
  return [...new Set(names)].filter((name) => name !== '')
}
