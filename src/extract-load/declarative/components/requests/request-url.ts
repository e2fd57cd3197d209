import { str } from '../../../../jinja/index.js'
import type { TemplateValues } from '../../contract.js'
import { joinUrl } from '../../http/split-url.js'
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
  }
}
