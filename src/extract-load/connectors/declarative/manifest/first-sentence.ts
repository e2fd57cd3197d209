/** So much of it a list can show. */
const longest = 160

/** What a list shows of a description, which may be a whole page of Markdown: its first sentence, on one line and without marks. */
export function firstSentence(description: string): string {
  const [paragraph = ''] = description
    .split(/\r?\n\s*\n/)
    .map((text) => text.replace(/^\s*#.*$/gm, '').trim())
    .filter(Boolean)
  const text = paragraph
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/[*`]|(?<!\w)_|_(?!\w)/g, '')
    .replace(/\s+/g, ' ')
  const sentence = /^.*?[.!?](?=\s+[A-Z]|$)/.exec(text)?.[0] ?? text
  return sentence.length <= longest ? sentence : `${sentence.slice(0, longest).replace(/\s+\S*$/, '')} …`
}
