{#- What a DuckDB database holds, from its own catalog functions: temporary relations included. -#}
{% macro duckdb__list_schemas(database) -%}
  {% set query %}
    select distinct schema_name
    from duckdb_schemas()
    {%- if database is not none %}
    where lower(database_name) = lower({{ adapter.quote_literal(database | replace('"', '')) }})
    {%- endif %}
  {% endset %}
  {% do return(run_query(query)) %}
{%- endmacro %}

{% macro duckdb__check_schema_exists(information_schema, schema) -%}
  {% set query %}
    select count(*)
    from duckdb_schemas()
    where lower(schema_name) = lower({{ adapter.quote_literal(schema) }}) and lower(database_name) = lower({{ adapter.quote_literal(information_schema.database) }})
  {% endset %}
  {% do return(run_query(query)) %}
{%- endmacro %}

{% macro duckdb__list_relations_without_caching(schema_relation) %}
  {% set query %}
    select database_name as database, relation_name as name, schema_name as schema, kind as type
    from (
      select database_name, schema_name, table_name as relation_name, 'table' as kind from duckdb_tables() where not internal
      union all
      select database_name, schema_name, view_name, 'view' from duckdb_views() where not internal
    )
    where lower(schema_name) = lower({{ adapter.quote_literal(schema_relation.schema) }})
    {%- if schema_relation.database %}
      and lower(database_name) = lower({{ adapter.quote_literal(schema_relation.database) }})
    {%- endif %}
  {% endset %}
  {% do return(run_query(query)) %}
{% endmacro %}

{% macro duckdb__get_columns_in_relation(relation) -%}
  {% set query %}
    select column_name, data_type, character_maximum_length, numeric_precision, numeric_scale
    from (
      select
        database_name, schema_name, table_name, column_name, data_type, column_index,
        character_maximum_length, numeric_precision, numeric_scale
      from duckdb_columns()
    )
    where lower(table_name) = lower({{ adapter.quote_literal(relation.identifier) }})
    {%- if relation.schema %}
      and lower(schema_name) = lower({{ adapter.quote_literal(relation.schema) }})
    {%- endif %}
    {%- if relation.database %}
      and lower(database_name) = lower({{ adapter.quote_literal(relation.database) }})
    {%- endif %}
    order by column_index
  {% endset %}
  {{ return(sql_convert_columns_in_relation(run_query(query))) }}
{%- endmacro %}
