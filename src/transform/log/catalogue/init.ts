import { defineEvent } from '../event.js'

export interface WrittenProfile {
  readonly name: string
  readonly path: string
}

/** Of a new project and its profile. */
export const initEvents = {
  StarterProjectPath: defineEvent<{ dir: string }>('A017', 'debug', ({ dir }) => `Starter project path: ${dir}`),
  ConfigFolderDirectory: defineEvent<{ dir: string }>(
    'A018',
    'info',
    ({ dir }) => `Creating dbt configuration folder at ${dir}`,
  ),
  ProfileWrittenWithTargetTemplateYAML: defineEvent<WrittenProfile>(
    'A021',
    'info',
    ({ name, path }) =>
      `Profile ${name} written to ${path} using target's profile_template.yml and your supplied values.`,
  ),
  ProfileWrittenWithProjectTemplateYAML: defineEvent<WrittenProfile>(
    'A022',
    'info',
    ({ name, path }) =>
      `Profile ${name} written to ${path} using project's profile_template.yml and your supplied values.`,
  ),
  SettingUpProfile: defineEvent('A023', 'info', () => 'Setting up your profile.'),
  InvalidProfileTemplateYAML: defineEvent('A024', 'info', () => 'Invalid profile_template.yml in project.'),
  ProjectNameAlreadyExists: defineEvent<{ name: string }>(
    'A025',
    'info',
    ({ name }) => `A project called ${name} already exists here.`,
  ),
  ProjectCreated: defineEvent<{ project_name: string; path: string; docs_url: string }>(
    'A026',
    'info',
    ({ project_name, path, docs_url }) =>
      `Your new dbt project "${project_name}" was created!\nInitialized new project in ${path}\n\nProfiles are explained at ${docs_url}\nGo on with: cd ${project_name} && millrace dbt build`,
  ),
}
