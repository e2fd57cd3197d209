import { completionScripts, type Shell } from '../completion/scripts.js'

export async function completion(shell: Shell): Promise<number> {
  process.stdout.write(completionScripts[shell])
  return 0
}
