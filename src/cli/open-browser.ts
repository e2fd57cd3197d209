import { spawn } from 'node:child_process'

/** What opens an address on this machine; undefined where nobody sits before a screen. */
function opener(url: string, env: NodeJS.ProcessEnv): readonly [string, ...string[]] | undefined {
  if (process.platform === 'darwin') return ['open', url]
  if (process.platform === 'win32') return ['rundll32', 'url.dll,FileProtocolHandler', url]
  return env.DISPLAY || env.WAYLAND_DISPLAY ? ['xdg-open', url] : undefined
}

/** Opens a page in the browser of whoever sits before this terminal; where that does not work, nothing happens. */
export function openBrowser(url: string): void {
  const command = process.stdout.isTTY === true && !process.env.CI ? opener(url, process.env) : undefined
  if (!command) return
  const [program, ...args] = command
  const child = spawn(program, args, { stdio: 'ignore', detached: true })
  child.on('error', () => {})
  child.unref()
}
