import type { SettingSchema } from '../../../../../src/server/contract/index.js'

const field = (title: string, description: string, usual: number, always = false): SettingSchema => ({
  type: 'number',
  title,
  description,
  default: usual,
  ...(always ? { always_show: true } : {}),
})

/** How often a sync is tried again and how long it may take, as docs/connections.md has it; what is left empty is as usual. */
export const paceSchema: SettingSchema = {
  type: 'object',
  properties: {
    retries: {
      type: 'object',
      title: 'Further attempts',
      always_show: true,
      properties: {
        complete_failures_max_successive: field(
          'Failures in a row',
          'How many attempts in a row may fail without a row committed. 1: no further attempts.',
          5,
          true,
        ),
        complete_failures_max_total: field('Failures in all', 'How many of those in all.', 10),
        partial_failures_max_total: field('Failures after a commit', 'How many may fail that committed something.', 20),
        backoff_min_seconds: field('First pause, in seconds', 'Before the second attempt.', 10),
        backoff_max_seconds: field('Longest pause, in seconds', 'However many attempts there were.', 1800),
        backoff_base: field('Growth of the pauses', 'How much longer each pause is than the one before.', 3),
      },
    },
    timeouts: {
      type: 'object',
      title: 'Time limits',
      always_show: true,
      properties: {
        sync_seconds: field('One attempt, in seconds', 'How long it may take.', 259_200, true),
        source_seconds: field(
          'Silence of the source, in seconds',
          'How long it may say nothing while a sync waits for it.',
          5400,
        ),
        destination_seconds: field(
          'One transaction of the destination, in seconds',
          'Without what it waits for the source.',
          86_400,
        ),
      },
    },
  },
}
