{#-
  What is there, a row for each column and each field of a record. Tables that differ by eight digits behind their name are one table in pieces of a day, of
  which the last one tells the columns.
-#}
{% macro bigquery__get_catalog(information_schema, schemas) -%}
  {%- set rows = [] -%}
  {%- for schema in schemas -%}
    {%- do rows.append(api.Relation.create(database=information_schema.database, schema=schema)) -%}
  {%- endfor -%}
  {{ return(bigquery_catalog_of(rows, [])) }}
{%- endmacro %}

{% macro bigquery__get_catalog_relations(information_schema, relations) -%}
  {%- set places = [] -%}
  {%- set names = [] -%}
  {%- for relation in relations -%}
    {%- set place = api.Relation.create(database=relation.database, schema=relation.schema) -%}
    {%- if place not in places -%}
      {%- do places.append(place) -%}
    {%- endif -%}
    {%- do names.append(relation.schema ~ '.' ~ relation.identifier) -%}
  {%- endfor -%}
  {{ return(bigquery_catalog_of(places, names)) }}
{%- endmacro %}

{% macro bigquery_catalog_of(places, names) %}
  {%- set queries = [] -%}
  {%- for place in places if adapter.check_schema_exists(place.database, place.schema) -%}
    {%- do queries.append(bigquery_catalog_sql(place, names)) -%}
  {%- endfor -%}
  {%- do return(run_query(queries | join('\nunion all\n') if queries else 'select 1 as id limit 0')) -%}
{% endmacro %}

{% macro bigquery_catalog_sql(place, names) %}
select
  shards.table_catalog as table_database, shards.table_schema, shards.table_name,
  case shards.table_type
    when 'BASE TABLE' then 'table' when 'CLONE' then 'table' when 'SNAPSHOT' then 'table'
    when 'VIEW' then 'view' when 'MATERIALIZED VIEW' then 'materialized view' else 'external'
  end as table_type,
  json_value(described.option_value) as table_comment,
  coalesce(paths.field_path, '<unknown>') as column_name,
  row_number() over (partition by shards.table_schema, shards.table_name order by columns.ordinal_position, paths.field_path) as column_index,
  coalesce(paths.data_type, '<unknown>') as column_type,
  coalesce(paths.description, '') as column_comment
from (
  select *,
    case when shard is null then name else concat(name, '*') end as table_name,
    row_number() over (partition by name, shard is null order by shard desc) as newest
  from (
    select table_catalog, table_schema, table_type, table_name as shard_name,
      regexp_extract(table_name, r'^.+([0-9]{8})$') as shard,
      coalesce(regexp_extract(table_name, r'^(.+)[0-9]{8}$'), table_name) as name
    from {{ place.information_schema('TABLES') }}
  )
) as shards
left join {{ place.information_schema('TABLE_OPTIONS') }} as described
  on described.table_name = shards.shard_name and described.option_name = 'description'
left join {{ place.information_schema('COLUMNS') }} as columns on columns.table_name = shards.shard_name
left join {{ place.information_schema('COLUMN_FIELD_PATHS') }} as paths
  on paths.table_name = columns.table_name and paths.column_name = columns.column_name
where shards.newest = 1
{%- if names %}
  and lower(concat(shards.table_schema, '.', shards.name)) in ('{{ names | map('lower') | join("', '") }}')
{%- endif %}
{% endmacro %}
