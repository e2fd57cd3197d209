import type { CommandFamily } from '../../command.js'
import { cursor } from './cursor.js'
import { list } from './list.js'
import { switchOff, switchOn } from './switch.js'
import { test } from './test.js'
import { ticks } from './ticks.js'
import { why } from './why.js'

export const automation: CommandFamily = {
  name: 'automation',
  summary: 'Schedules, sensors and conditions: list, switch, test and explain them',
  examples: [
    ['millrace automation', 'what runs something by itself, and when next'],
    ['millrace automation off nightly', 'until somebody switches it on again'],
    ['millrace automation test arrivals', 'what it would request now'],
  ],
  commands: [list, switchOn, switchOff, ticks, test, why, cursor],
}
