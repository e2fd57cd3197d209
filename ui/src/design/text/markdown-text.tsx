import { Anchor, Blockquote, Code, Divider, List, Stack, Table, Text, Title } from '@mantine/core'
import { Fragment } from 'react'
import { type Block, type Inline, parseMarkdown } from './markdown.js'

/** What people wrote in Markdown. It becomes elements of ours, never HTML of theirs. */
export function Markdown({ text }: { text: string }) {
  return (
    <Stack gap="xs" maw={860}>
      {parseMarkdown(text).map((block, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a text has no other names for its parts
        <BlockView key={i} block={block} />
      ))}
    </Stack>
  )
}

function BlockView({ block }: { block: Block }) {
  switch (block.kind) {
    case 'heading':
      return (
        <Title order={block.level <= 1 ? 3 : block.level === 2 ? 4 : 5}>
          <Inlines all={block.inlines} />
        </Title>
      )
    case 'paragraph':
      return (
        <Text>
          <Inlines all={block.inlines} />
        </Text>
      )
    case 'quote':
      return (
        <Blockquote p="xs">
          <Inlines all={block.inlines} />
        </Blockquote>
      )
    case 'code':
      return <Code block>{block.text}</Code>
    case 'rule':
      return <Divider />
    case 'list':
      return (
        <List type={block.isOrdered ? 'ordered' : 'unordered'} spacing={2}>
          {block.items.map((item, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a text has no other names for its parts
            <List.Item key={i}>
              <Inlines all={item} />
            </List.Item>
          ))}
        </List>
      )
    case 'table':
      return (
        <Table.ScrollContainer minWidth={0}>
          <Table withTableBorder withColumnBorders w="auto" fz="sm">
            <Table.Thead>
              <Table.Tr>
                {block.head.map((cell, i) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: a text has no other names for its parts
                  <Table.Th key={i}>
                    <Inlines all={cell} />
                  </Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {block.rows.map((row, i) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: a text has no other names for its parts
                <Table.Tr key={i}>
                  {row.map((cell, j) => (
                    // biome-ignore lint/suspicious/noArrayIndexKey: a text has no other names for its parts
                    <Table.Td key={j}>
                      <Inlines all={cell} />
                    </Table.Td>
                  ))}
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )
  }
}

function Inlines({ all }: { all: readonly Inline[] }) {
  return all.map((one, i) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: a text has no other names for its parts
    <Fragment key={i}>
      {one.kind === 'link' ? (
        <Anchor
          href={one.href}
          inherit
          rel="noreferrer noopener"
          target={one.href.startsWith('/') ? undefined : '_blank'}
        >
          {one.text}
        </Anchor>
      ) : one.kind === 'code' ? (
        <Code>{one.text}</Code>
      ) : one.kind === 'strong' ? (
        <b>{one.text}</b>
      ) : one.kind === 'em' ? (
        <i>{one.text}</i>
      ) : one.kind === 'del' ? (
        <s>{one.text}</s>
      ) : (
        one.text
      )}
    </Fragment>
  ))
}
