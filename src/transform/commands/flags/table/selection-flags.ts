import type { Flag } from '../dbt-flags.js'

/** Which nodes, and what to compare them with. */
export const selectionFlags: readonly Flag[] = [
  {
    names: ['--select', '-s', '--models', '--model', '-m'],
    kind: 'list',
    key: 'select',
    help: 'what to take: names, paths, +upstream, downstream+, tag:, source:, state: …',
  },
  { names: ['--exclude'], kind: 'list', key: 'exclude', help: 'what to leave out of it' },
  { names: ['--selector'], kind: 'text', key: 'selector', help: 'a selection of selectors.yml' },
  {
    names: ['--resource-type', '--resource-types'],
    kind: 'list',
    key: 'resourceType',
    help: 'only these types: model, test, seed, snapshot …',
  },
  {
    names: ['--exclude-resource-type', '--exclude-resource-types'],
    kind: 'list',
    key: 'excludeResourceType',
    help: 'all but these types',
  },
  {
    names: ['--indirect-selection'],
    kind: 'text',
    key: 'indirect',
    choices: ['eager', 'cautious', 'buildable', 'empty'],
    env: 'DBT_INDIRECT_SELECTION',
    setting: 'indirect_selection',
    help: 'which tests come along: eager, cautious, buildable or empty',
  },
  {
    names: ['--state'],
    kind: 'text',
    key: 'state',
    env: 'DBT_STATE',
    help: 'a folder with the artifacts of another run, for state: and --defer',
  },
  {
    names: ['--defer-state'],
    kind: 'text',
    key: 'deferState',
    env: 'DBT_DEFER_STATE',
    help: 'the same for --defer alone, where it is another one than for state:',
  },
  {
    names: ['--defer'],
    off: ['--no-defer'],
    kind: 'switch',
    key: 'defer',
    env: 'DBT_DEFER',
    help: 'refs to what is not selected lead to where --state says it is',
  },
  {
    names: ['--favor-state'],
    off: ['--no-favor-state'],
    kind: 'switch',
    key: 'favorState',
    env: 'DBT_FAVOR_STATE',
    help: 'with --defer: also where it exists here',
  },
  {
    names: ['--against'],
    kind: 'text',
    key: 'against',
    help: 'the target whose last runs to compare with or to defer to',
  },
]
