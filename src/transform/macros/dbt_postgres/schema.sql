{#- Names of a database stand in no DDL of PostgreSQL; one that is another than the connection's is refused. -#}
{% macro postgres__create_schema(relation) -%}
  {%- if relation.database -%}
    {%- do adapter.verify_database(relation.database) -%}
  {%- endif -%}
  {%- call statement('create_schema') -%}
    create schema if not exists {{ relation.without_identifier().include(database=False) }}
  {%- endcall -%}
{%- endmacro %}

{% macro postgres__drop_schema(relation) -%}
  {%- if relation.database -%}
    {%- do adapter.verify_database(relation.database) -%}
  {%- endif -%}
  {%- call statement('drop_schema') -%}
    drop schema if exists {{ relation.without_identifier().include(database=False) }} cascade
  {%- endcall -%}
{%- endmacro %}

{% macro postgres__list_schemas(database) %}
  {% if database %}
    {% do adapter.verify_database(database) %}
  {% endif %}
  {% do return(run_query('select nspname from pg_catalog.pg_namespace')) %}
{% endmacro %}

{% macro postgres__check_schema_exists(information_schema, schema) -%}
  {% if information_schema.database %}
    {% do adapter.verify_database(information_schema.database) %}
  {% endif %}
  {% do return(run_query('select count(*) from pg_catalog.pg_namespace where nspname = ' ~ adapter.quote_literal(schema))) %}
{%- endmacro %}

{% macro postgres__information_schema_name(database) -%}
  information_schema
{%- endmacro %}
