{% macro snowflake__list_schemas(database) -%}
  {{ return(run_query('show terse schemas in database ' ~ database ~ ' limit 10000')) }}
{%- endmacro %}

{% macro snowflake__check_schema_exists(information_schema, schema) -%}
  {% set query %}
    select count(*)
    from {{ information_schema }}.schemata
    where upper(schema_name) = upper({{ adapter.quote_literal(schema) }})
      and upper(catalog_name) = upper({{ adapter.quote_literal(information_schema.database) }})
  {% endset %}
  {{ return(run_query(query)) }}
{%- endmacro %}

{% macro snowflake__list_relations_without_caching(schema_relation) %}
  {% set query %}
    select table_catalog as "database", table_name as "name", table_schema as "schema",
      case
        when is_dynamic = 'YES' then 'dynamic_table'
        when table_type = 'VIEW' then 'view'
        when table_type = 'MATERIALIZED VIEW' then 'materialized_view'
        when table_type = 'EXTERNAL TABLE' then 'external'
        else 'table'
      end as "type"
    from {{ schema_relation.information_schema() }}.tables
    where upper(table_schema) = upper({{ adapter.quote_literal(schema_relation.schema) }})
  {% endset %}
  {% do return(run_query(query)) %}
{% endmacro %}

{% macro snowflake__get_relation_last_modified(information_schema, relations) -%}
  {%- set wanted = [] -%}
  {%- for relation in relations -%}
    {%- do wanted.append('(upper(table_schema) = upper(' ~ adapter.quote_literal(relation.schema) ~ ') and upper(table_name) = upper(' ~ adapter.quote_literal(relation.identifier) ~ '))') -%}
  {%- endfor -%}
  {%- call statement('last_modified', fetch_result=True) -%}
    select table_schema as schema, table_name as identifier, last_altered as last_modified,
      {{ current_timestamp() }} as snapshotted_at
    from {{ information_schema }}.tables
    where {{ wanted | join(' or ') }}
  {%- endcall -%}
  {{ return(load_result('last_modified')) }}
{%- endmacro %}
