import { describe, expect, it } from 'vitest'
import { parseInline, parseMarkdown } from './markdown.js'

describe('Markdown', () => {
  it('is taken apart into blocks', () => {
    const kinds = parseMarkdown(
      '# A *b*\n\ntext\nmore\n\n- one\n- two\n  goes on\n\n1. first\n\n```sql\nselect 1\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n> said\n\n---',
    )
    expect(kinds.map((block) => block.kind)).toEqual([
      'heading',
      'paragraph',
      'list',
      'list',
      'code',
      'table',
      'quote',
      'rule',
    ])
    expect(kinds[2]).toMatchObject({ isOrdered: false, items: [[{ text: 'one' }], [{ text: 'two goes on' }]] })
    expect(kinds[4]).toEqual({ kind: 'code', text: 'select 1', language: 'sql' })
    expect(kinds[5]).toMatchObject({
      head: [[{ text: 'a' }], [{ text: 'b' }]],
      rows: [[[{ text: '1' }], [{ text: '2' }]]],
    })
  })
  it('keeps names with underscores and stars of SQL as they are', () => {
    expect(parseInline('a stg_orders_x and 2 * 3 * 4')).toEqual([
      { kind: 'text', text: 'a stg_orders_x and 2 * 3 * 4' },
    ])
  })
  it('makes links of addresses only', () => {
    expect(parseInline('[a](https://x.y/z) [b](javascript:alert(1)) <script>alert(1)</script>')).toEqual([
      { kind: 'link', text: 'a', href: 'https://x.y/z' },
      { kind: 'text', text: ' ' },
      { kind: 'text', text: 'b' },
      { kind: 'text', text: ') <script>alert(1)</script>' },
    ])
  })
  it('ends, whatever the text', () => {
    expect(parseMarkdown('```\nnever closed').length).toBe(1)
    expect(parseMarkdown('**'.repeat(5000)).length).toBe(1)
  })
})
