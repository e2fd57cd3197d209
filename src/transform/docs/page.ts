import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The page that shows manifest.json and catalog.json; it reads both from beside itself. */
export const docsPage = (): string => readFileSync(fileURLToPath(new URL('./index.html', import.meta.url)), 'utf8')

/** A `</script>` in a description must not end the script that holds it. */
const inScript = (json: string) => json.replaceAll('</', '<\\/').replaceAll('<!--', '<\\!--')

/** The page with both artifacts in it, to be sent or hosted as one file. */
export function staticDocsPage(manifest: string, catalog: string): string {
  // By function: `$&` in a description is no placeholder.
  return docsPage()
    .replace('"MANIFEST.JSON INLINE DATA"', () => inScript(manifest))
    .replace('"CATALOG.JSON INLINE DATA"', () => inScript(catalog))
}
