{% macro postgres__get_create_index_sql(relation, index_dict) -%}
  {%- set wanted = adapter.parse_index(index_dict) -%}
  create {{ 'unique ' if wanted.unique }}index if not exists {{ adapter.quote(wanted.render(relation)) }}
  on {{ relation }} {{ 'using ' ~ wanted.type if wanted.type }}
  ({{ wanted.columns | join(', ') }})
{%- endmacro %}

{#- One row an index: its name, method, whether it is unique, and its columns with commas between. -#}
{% macro postgres__get_show_indexes_sql(relation) %}
  select
    i.relname as name, m.amname as method, x.indisunique as "unique",
    array_to_string(array_agg(a.attname order by a.attnum), ',') as column_names
  from pg_catalog.pg_index as x
  join pg_catalog.pg_class as i on i.oid = x.indexrelid
  join pg_catalog.pg_am as m on m.oid = i.relam
  join pg_catalog.pg_class as c on c.oid = x.indrelid
  join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
  join pg_catalog.pg_attribute as a on a.attrelid = c.oid and a.attnum = any(x.indkey)
  where n.nspname = {{ adapter.quote_literal(relation.schema) }} and c.relname = {{ adapter.quote_literal(relation.identifier) }} and c.relkind in ('r', 'm')
  group by 1, 2, 3
  order by 1, 2, 3
{% endmacro %}

{% macro postgres__get_drop_index_sql(relation, index_name) -%}
  drop index if exists {{ adapter.quote(relation.schema) }}.{{ adapter.quote(index_name) }}
{%- endmacro %}
