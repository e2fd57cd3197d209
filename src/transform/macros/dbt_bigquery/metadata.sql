{#- What stands in the warehouse is told by BigQuery's API, which costs nothing. -#}
{% macro bigquery__list_schemas(database) -%}
  {{ return(adapter.listed_schemas(database)) }}
{% endmacro %}

{% macro bigquery__check_schema_exists(information_schema, schema) %}
  {{ return(adapter.count_of_schemas(information_schema.database, schema)) }}
{% endmacro %}

{% macro bigquery__list_relations_without_caching(schema_relation) -%}
  {{ return(adapter.listed_relations(schema_relation)) }}
{%- endmacro %}

{% macro bigquery__get_columns_in_relation(relation) -%}
  {{ return(adapter.columns_of_table(relation)) }}
{% endmacro %}

{% macro bigquery__get_relation_last_modified(information_schema, relations) -%}
  {%- set place = relations[0] -%}
  {%- call statement('last_modified', fetch_result=True) %}
    select table_schema as schema, table_name as identifier, storage_last_modified_time as last_modified, {{ current_timestamp() }} as snapshotted_at
    from `{{ place.database }}`.`region-{{ adapter.get_dataset_location(place) | lower }}`.INFORMATION_SCHEMA.TABLE_STORAGE
    where {% for relation in relations -%}
      (upper(table_schema) = upper('{{ relation.schema }}') and upper(table_name) = upper('{{ relation.identifier }}'))
      {{- ' or ' if not loop.last }}
    {%- endfor %}
  {%- endcall -%}
  {{ return(load_result('last_modified')) }}
{% endmacro %}

{%- macro get_partitions_metadata(table) -%}
  {%- if execute -%}
    {{- return(adapter.get_partitions_metadata(table)) -}}
  {%- endif -%}
  {{- return(none) -}}
{%- endmacro -%}

{% macro bigquery_partitions_of(table) %}
  {% do return(run_query(
    'select partition_id from ' ~ table.information_schema('PARTITIONS') ~ " where table_name = '" ~ table.identifier ~ "'"
  )) %}
{% endmacro %}
