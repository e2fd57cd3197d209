import type { EngineHealth } from '../../platform/index.js'
import type { Health } from '../contract/index.js'
import type { Services } from '../services.js'

const answerMs = 1_500

/**
 * Whether the engine answers. One that is at work may be late; it lives all the same.
 * @param onAnswer is given all that it says
 */
export async function engineHealth(
  { engine }: Services,
  hasDefinitions: boolean,
  onAnswer: (health: EngineHealth) => void = () => {},
): Promise<Health['engine']> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<Health['engine']>((resolve) => {
    timer = setTimeout(
      () =>
        resolve(
          hasDefinitions
            ? { status: 'busy', message: `no answer within ${answerMs / 1000} s` }
            : { status: 'starting', message: 'it reads the project' },
        ),
      answerMs,
    )
  })
  const answer = engine.health().then(
    (health): Health['engine'] => {
      onAnswer(health)
      return { status: 'up', pid: health.pid }
    },
    (error: unknown): Health['engine'] => ({
      status: 'down',
      message: error instanceof Error ? error.message : String(error),
    }),
  )
  try {
    return await Promise.race([answer, late])
  } finally {
    clearTimeout(timer)
  }
}
