{% macro spark__list_schemas(database) -%}
  {% do return(run_query('show databases')) %}
{%- endmacro %}

{% macro spark__check_schema_exists(information_schema, schema) -%}
  {% do return(adapter.check_schema_exists(none, schema)) %}
{%- endmacro %}

{% macro spark__list_relations_without_caching(schema_relation) %}
  {% do return(run_query('show table extended in ' ~ schema_relation.schema ~ " like '*'")) %}
{% endmacro %}

{#- For catalogues that list names only: Iceberg. -#}
{% macro list_relations_show_tables_without_caching(schema_relation) %}
  {% do return(run_query('show tables in ' ~ schema_relation.schema ~ " like '*'")) %}
{% endmacro %}
{% macro describe_table_extended_without_caching(table_name) %}
  {% do return(run_query('describe extended ' ~ table_name)) %}
{% endmacro %}

{% macro get_columns_in_relation_raw(relation) -%}
  {{ return(adapter.dispatch('get_columns_in_relation_raw', 'dbt')(relation)) }}
{%- endmacro %}
{% macro spark__get_columns_in_relation_raw(relation) -%}
  {% do return(run_query('describe extended ' ~ relation)) %}
{% endmacro %}

{% macro spark__get_columns_in_relation(relation) -%}
  {{ return(adapter.columns_of_table(relation)) }}
{% endmacro %}

{% macro spark__get_catalog(information_schema, schemas) -%}
  {% do return(adapter.catalog_of(schemas)) %}
{%- endmacro %}

{% macro spark__get_catalog_relations(information_schema, relations) -%}
  {% set schemas = [] %}
  {% for relation in relations if relation.schema not in schemas %}
    {% do schemas.append(relation.schema) %}
  {% endfor %}
  {% do return(adapter.catalog_of(schemas)) %}
{%- endmacro %}
