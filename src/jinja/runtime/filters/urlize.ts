import { Markup } from '../values.js'

const address = /^(?:https?:\/\/|www\.)[\w.-]+\.?[\w-]*(?::\d+)?(?:[/?#]\S*)?$/i
const domain = /^(?:[\w%-]{2,63}\.)+(?:com|net|int|edu|gov|org|info|mil)(?:[/?#:]\S*)?$/i
const mail = /^[\w.+-]+@[\w-]+(?:\.[\w-]+)+$/

/** Turns the addresses in an escaped text into links. */
export function urlize(text: string, limit: number | undefined, rel: readonly string[], target?: string): Markup {
  const attributes = [...new Set([...rel, 'noopener'])].sort().join(' ')
  const shown = (url: string) => (limit !== undefined && url.length > limit ? `${url.slice(0, limit)}...` : url)
  const link = (href: string, label: string) =>
    `<a href="${href}" rel="${attributes}"${target === undefined ? '' : ` target="${target}"`}>${label}</a>`
  const words = text.split(/(\s+)/).map((word) => {
    const [, before = '', middle = '', after = ''] = /^((?:[(<]|&lt;)*)(.*?)((?:[).,>\n]|&gt;)*)$/s.exec(word) ?? []
    if (address.test(middle)) {
      const href = middle.startsWith('http') ? middle : `https://${middle}`
      return before + link(href, shown(middle)) + after
    }
    if (domain.test(middle)) return before + link(`https://${middle}`, shown(middle)) + after
    if (mail.test(middle)) return `${before}<a href="mailto:${middle}">${middle}</a>${after}`
    return word
  })
  return new Markup(words.join(''))
}
