import { errorCatalogue } from '../base/index.js'

export const orchestrateErrors = errorCatalogue({
  SELECTION_INVALID: {
    kind: 'user',
    retryable: false,
    summary: 'An asset selection is not understood, or names nothing.',
  },
  PROJECT_BROKEN: {
    kind: 'user',
    retryable: false,
    summary:
      'A part of the project cannot be read, so a selection that reaches beyond named assets would leave it out.',
  },
  ASSET_DUPLICATE: { kind: 'user', retryable: false, summary: 'Two assets have one key.' },
  ASSET_CYCLE: { kind: 'user', retryable: false, summary: 'Assets depend on each other in a circle.' },
  DEFINITIONS_INVALID: { kind: 'user', retryable: false, summary: 'definitions.ts cannot be loaded.' },
  USER_CODE_FAILED: { kind: 'user', retryable: false, summary: 'A TypeScript asset, check or sensor threw an error.' },
  RESOURCE_FAILED: { kind: 'user', retryable: false, summary: 'A resource of definitions.ts could not be opened.' },
  CONFIG_INVALID: {
    kind: 'user',
    retryable: false,
    summary: 'The config that a run gives an asset does not fit its schema.',
  },
  SENSOR_CURSOR_INVALID: {
    kind: 'user',
    retryable: false,
    summary: 'The cursor of a sensor does not fit the schema that the sensor has for it.',
  },
  SENSOR_FILES_UNREADABLE: {
    kind: 'external',
    retryable: false,
    summary: 'A sensor looks for files, and whoever has them does not answer, or refuses.',
  },
  VALUE_MISSING: {
    kind: 'user',
    retryable: false,
    summary: 'An asset reads the value of another one, which was never made.',
  },
  METADATA_RESERVED: {
    kind: 'user',
    retryable: false,
    summary: 'Metadata that was reported has a name that Millrace uses itself.',
  },
  USER_CODE_CRASHED: {
    kind: 'user',
    retryable: true,
    summary: 'The thread or the process that ran TypeScript was lost.',
  },
  USER_CODE_TIMEOUT: {
    kind: 'user',
    retryable: false,
    summary: 'TypeScript of the project took too long and was ended.',
  },
  TEST_INVALID: {
    kind: 'user',
    retryable: false,
    summary: 'A test of definitions.ts gives a piece something else than it takes.',
  },
  PIPES_FAILED: { kind: 'user', retryable: true, summary: 'A program that reports by Dagster Pipes failed.' },
  CHECK_FAILED: { kind: 'user', retryable: false, summary: 'A check found something that it must not find.' },
  RUN_LOST: { kind: 'bug', retryable: true, summary: 'The engine ended several times in the middle of one run.' },
  STEP_NEVER_READY: {
    kind: 'bug',
    retryable: false,
    summary: 'A step of a run waits for something that waits for it.',
  },
  STEP_EXECUTOR_MISSING: { kind: 'bug', retryable: false, summary: 'Nothing executes steps of this kind.' },
  RUN_TAG_INVALID: {
    kind: 'user',
    retryable: false,
    summary: 'A tag that says how a run is carried out makes no sense.',
  },
  RUN_LAUNCH_FAILED: { kind: 'user', retryable: false, summary: 'A run worker could not be launched.' },
  RUN_LAUNCHER_UNREACHABLE: {
    kind: 'external',
    retryable: true,
    summary: 'Whoever is to start run workers (container engine, Kubernetes) does not answer.',
  },
  RUN_START_TIMEOUT: {
    kind: 'external',
    retryable: true,
    summary: 'A run worker was launched, and did not take its run up in time.',
  },
  RUN_WORKER_FAILED: { kind: 'user', retryable: false, summary: 'A run worker ended before it took its run up.' },
  RUN_WORKER_LATE: {
    kind: 'external',
    retryable: false,
    summary: 'A run worker came for a run that is not waiting for it any more.',
  },
  RUN_MAX_RUNTIME: { kind: 'user', retryable: false, summary: 'A run went on for longer than it may.' },
  PARTITIONS_INVALID: {
    kind: 'user',
    retryable: false,
    summary: 'Partitions of an asset, or a choice of them, make no sense.',
  },
  CRON_INVALID: { kind: 'user', retryable: false, summary: 'A cron expression or time zone is not understood.' },
})
