import { Option } from 'commander'
import type { CommandDefinition } from '../command.js'
import { detachOption, fullRefreshOption, tagOption } from '../option-values.js'
import { materializeSelection, type RunOptions, runJson } from '../request-run.js'

export const materialize: CommandDefinition = {
  name: 'materialize',
  arguments: [
    ['<selection...>', '*, a key, +key (with upstream), key+ (with downstream), group:x, tag:x, kind:x, owner:x'],
  ],
  summary: 'Bring assets up to date',
  options: [
    new Option(
      '--partition <partitions...>',
      'which of assets with partitions: a key, a range a...b, * for all; without it the latest window of time, or all keys',
    ),
    tagOption(),
    new Option(
      '--config <json>',
      'what the run asks of assets that take a config, as JSON: {"reports/x": {"days": 7}}',
    ),
    new Option('--config-file <file>', 'the same from a file, YAML or JSON'),
    fullRefreshOption(),
    detachOption(),
  ],
  examples: [
    ["millrace materialize '*'", 'every asset'],
    ["millrace materialize 'group:punctuality'", 'one group'],
    ["millrace materialize '+main/mart_routes'", 'one asset and all that it is made from'],
    ['millrace materialize group:marts --tag millrace/priority=5', 'before what waits'],
    [`millrace materialize reports/x --config '{"reports/x": {"days": 7}}'`, 'with a config of its own'],
    ['millrace materialize reports/daily --partition 2024-01-01...2024-01-31', 'a month of it'],
  ],
  json: runJson,
  run: (selection: readonly string[], options: RunOptions) => materializeSelection(selection.join(' '), options),
}
