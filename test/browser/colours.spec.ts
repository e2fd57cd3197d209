import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const css = readFileSync(new URL('../../ui/src/design/tokens.css', import.meta.url), 'utf8')

function tokensOf(scheme: string): Record<string, string> {
  const block = css.split(`[data-mantine-color-scheme='${scheme}'] {`)[1]?.split('}')[0] ?? ''
  return Object.fromEntries([...block.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, name, value]) => [name, value]))
}

function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((start) => {
    const channel = Number.parseInt(hex.slice(start, start + 2), 16) / 255
    return channel <= 0.03928 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

function contrast(a: string, b: string): number {
  const [light = 0, dark = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x)
  return (light + 0.05) / (dark + 0.05)
}

const inks = ['ink', 'ink-soft', 'accent', 'status-good', 'status-run', 'status-warn', 'status-bad', 'status-idle']
const grounds = ['ground', 'panel', 'panel-hover', 'sunken']

describe.each(['light', 'dark'])('the %s colours', (scheme) => {
  const tokens = tokensOf(scheme)
  const pairs = [
    ...inks.flatMap((ink) => grounds.map((ground) => [ink, ground] as const)),
    ...['good', 'run', 'warn', 'bad', 'idle'].map((tone) => [`status-${tone}`, `ground-${tone}`] as const),
    ['accent', 'accent-ground'] as const,
    ['panel', 'accent'] as const,
  ]
  // https://www.w3.org/TR/WCAG22/#contrast-minimum
  it.each(pairs)('%s on %s can be read (AA)', (ink, ground) => {
    expect(contrast(tokens[ink] ?? '', tokens[ground] ?? '')).toBeGreaterThanOrEqual(4.5)
  })
})
