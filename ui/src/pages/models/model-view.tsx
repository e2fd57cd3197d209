import { Anchor, Badge, Button, Code, Group, Stack, Tabs, Text, Title } from '@mantine/core'
import { IconArrowLeft, IconBox, IconSitemap } from '@tabler/icons-react'
import { Link, useNavigate } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { ModelDetailView, ModelLinkView } from '../../../../src/server/contract/index.js'
import { selectionWord } from '../../../../src/server/contract/selection.js'
import { Code as CodePanel } from '../../design/code/code-panel.js'
import { Section } from '../../design/page.js'
import { Markdown } from '../../design/text/markdown-text.js'
import { To } from '../../design/text/to.js'
import { ModelColumns } from './columns.js'
import classes from './models.module.css'
import { TypeIcon } from './tree-view.js'

interface Search {
  readonly q?: string | undefined
  readonly by?: string | undefined
  readonly tab?: string | undefined
}

/** One resource: what it is, what it says, what it is made of and who uses it. */
export function ModelView({ model, search }: { model: ModelDetailView; search: Search }) {
  const navigate = useNavigate()
  // An exposure is an asset, too; nothing of it is in the warehouse.
  const hasColumns = model.columns.length > 0 || (model.asset !== undefined && model.type !== 'exposure')
  const hasCode = model.code !== undefined
  const tabs = [hasColumns ? 'columns' : undefined, hasCode ? 'code' : undefined, 'about'].filter(
    (tab) => tab !== undefined,
  )
  const tab = search.tab !== undefined && tabs.includes(search.tab) ? search.tab : tabs[0]
  return (
    <Stack gap="md">
      <Head model={model} search={search} />
      {model.description !== '' && <Markdown text={model.description} />}
      <Neighbours model={model} search={search} />
      <Tabs
        value={tab ?? 'about'}
        onChange={(value) =>
          void navigate({
            to: '/models/$id',
            params: { id: model.id },
            search: { ...search, tab: value ?? undefined },
            replace: true,
            resetScroll: false,
          })
        }
        keepMounted={false}
      >
        <Tabs.List mb="md">
          {hasColumns && <Tabs.Tab value="columns">Columns</Tabs.Tab>}
          {hasCode && <Tabs.Tab value="code">Code</Tabs.Tab>}
          <Tabs.Tab value="about">Settings</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="columns">
          <ModelColumns model={model} />
        </Tabs.Panel>
        <Tabs.Panel value="code">
          <CodePanel
            sides={[
              {
                title: 'Written',
                note: model.path,
                text: model.code ?? '',
                language: model.type === 'doc' ? undefined : ('sql' as const),
              },
              ...(model.compiledCode === undefined
                ? []
                : [{ title: 'Compiled', note: 'for this target', text: model.compiledCode, language: 'sql' as const }]),
            ]}
          />
          {model.notCompiled && (
            <Text size="sm" c="dimmed" mt="sm">
              There is no compiled SQL: {model.notCompiled}.
            </Text>
          )}
        </Tabs.Panel>
        <Tabs.Panel value="about">
          <Settings model={model} />
        </Tabs.Panel>
      </Tabs>
    </Stack>
  )
}

function Head({ model, search }: { model: ModelDetailView; search: Search }) {
  const { name, type, materialized, schema, relation, group, owner, access, version, latestVersion, tags, contract } =
    model
  return (
    <header>
      <Button
        hiddenFrom="md"
        variant="subtle"
        size="compact-sm"
        mb={4}
        leftSection={<IconArrowLeft size={14} aria-hidden />}
        renderRoot={(props) => <Link to="/models" search={{ q: search.q, by: search.by }} {...props} />}
      >
        All models
      </Button>
      <Group justify="space-between" align="flex-start" gap="xs">
        <Group gap="xs" miw={0}>
          <TypeIcon type={type} materialized={materialized} />
          <Title order={2} style={{ overflowWrap: 'anywhere' }}>
            {name}
          </Title>
          {version !== undefined && <Badge variant="default">v{version}</Badge>}
          {access !== undefined && <Badge variant="default">{access}</Badge>}
          {contract && <Badge variant="default">contract</Badge>}
        </Group>
        {model.asset !== undefined && (
          <Group gap="xs">
            <Button
              variant="default"
              leftSection={<IconBox size={14} aria-hidden />}
              renderRoot={(props) => (
                <Link to="/assets/$key" params={{ key: model.asset ?? '' }} search={{}} {...props} />
              )}
            >
              Asset
            </Button>
            <Button
              variant="default"
              leftSection={<IconSitemap size={14} aria-hidden />}
              renderRoot={(props) => (
                <Link
                  to="/lineage"
                  search={{ q: `+${selectionWord(model.asset ?? '')}+`, at: model.asset }}
                  {...props}
                />
              )}
            >
              Lineage
            </Button>
          </Group>
        )}
      </Group>
      <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
        {[
          materialized === undefined ? type : `${type} · ${materialized}`,
          relation === undefined ? undefined : `${schema}.${relation}`,
          group === undefined ? undefined : `group ${group}`,
          owner === undefined ? undefined : `owned by ${owner}`,
          latestVersion === undefined || latestVersion === version
            ? undefined
            : `the latest version is v${latestVersion}`,
          ...(tags ?? []).map((tag) => `#${tag}`),
          model.path,
        ]
          .filter((part) => part !== undefined)
          .join(' · ')}
      </Text>
    </header>
  )
}

/** What it depends on and what depends on it, each a link. */
function Neighbours({ model, search }: { model: ModelDetailView; search: Search }) {
  const groups: readonly (readonly [title: string, links: readonly ModelLinkView[]])[] = [
    ['Versions', model.versions],
    ['Reads', model.dependsOn],
    ['Used by', model.usedBy],
    ['Exposures', model.exposures],
    ['Macros', model.macros],
    ['Docs blocks', model.docsBlocks],
  ]
  const filled = groups.filter(([, links]) => links.length > 0)
  const tests = model.tests.filter(({ column }) => column === undefined)
  if (filled.length === 0 && tests.length === 0) return null
  return (
    <Section title="Dependencies" isFlush>
      <dl className={classes.facts}>
        {filled.map(([title, links]) => (
          <Fact key={title} title={title}>
            <Group gap="4px 12px">
              {links.map((link) => (
                <To
                  key={link.id}
                  to="/models/$id"
                  params={{ id: link.id }}
                  search={{ q: search.q, by: search.by }}
                  size="sm"
                  title={`${link.type} ${link.name}`}
                >
                  {link.name}
                </To>
              ))}
            </Group>
          </Fact>
        ))}
        {tests.length > 0 && (
          <Fact title="Tests">
            {tests.map((test) => (
              <Text key={test.id} size="sm" style={{ overflowWrap: 'anywhere' }}>
                <To to="/models/$id" params={{ id: test.id }} search={{ q: search.q, by: search.by }} inherit>
                  {test.name}
                </To>
                {test.severity === 'warn' ? ' (warns)' : ''}
              </Text>
            ))}
          </Fact>
        )}
      </dl>
    </Section>
  )
}

function Fact({ title, children }: { title: string; children: ReactNode }) {
  return (
    <>
      <dt>{title}</dt>
      <dd>{children}</dd>
    </>
  )
}

function Defined({ value }: { value: unknown }) {
  if (typeof value !== 'string') return <Code block>{JSON.stringify(value, undefined, 2)}</Code>
  return /^https?:\/\//.test(value) ? (
    <Anchor href={value} rel="noreferrer noopener" target="_blank" size="sm" style={{ overflowWrap: 'anywhere' }}>
      {value}
    </Anchor>
  ) : (
    <Text size="sm">{value}</Text>
  )
}

function Settings({ model }: { model: ModelDetailView }) {
  const entries = [
    ...Object.entries(model.config),
    ...Object.entries(model.meta).map(([key, value]) => [`meta.${key}`, value] as const),
  ]
  return (
    <Stack gap="md">
      {model.arguments.length > 0 && (
        <Section title="Arguments" isFlush>
          <dl className={classes.facts}>
            {model.arguments.map(({ name, type, description }) => (
              <Fact key={name} title={name}>
                {type && <Code>{type}</Code>} {description}
              </Fact>
            ))}
          </dl>
        </Section>
      )}
      {Object.keys(model.definition).length > 0 && (
        <Section title="Definition" isFlush>
          <dl className={classes.facts}>
            {Object.entries(model.definition).map(([key, value]) => (
              <Fact key={key} title={key.replaceAll('_', ' ')}>
                <Defined value={value} />
              </Fact>
            ))}
          </dl>
        </Section>
      )}
      <Section title="Settings" isFlush>
        <dl className={classes.facts}>
          <Fact title="unique id">
            <Code>{model.id}</Code>
          </Fact>
          <Fact title="package">{model.package}</Fact>
          <Fact title="file">{model.path}</Fact>
          {model.database !== undefined && <Fact title="database">{model.database}</Fact>}
          {entries.map(([key, value]) => (
            <Fact key={key} title={key}>
              <Code style={{ whiteSpace: 'pre-wrap' }}>
                {typeof value === 'string' ? value : JSON.stringify(value)}
              </Code>
            </Fact>
          ))}
        </dl>
      </Section>
    </Stack>
  )
}
