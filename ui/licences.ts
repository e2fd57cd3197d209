import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Plugin } from 'vite'

/** The fonts are bundled under the Open Font License, which asks that its text goes along. */
const fonts = ['inter', 'jetbrains-mono']

/** Puts the licence texts of the bundled fonts beside the built page. */
export function fontLicences(root: string): Plugin {
  return {
    name: 'font-licences',
    generateBundle() {
      for (const font of fonts)
        this.emitFile({
          type: 'asset',
          fileName: `licences/${font}.txt`,
          source: readFileSync(join(root, 'node_modules/@fontsource-variable', font, 'LICENSE'), 'utf8'),
        })
    },
  }
}
