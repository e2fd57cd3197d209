{#- What has no statement, or one that costs a job, goes by BigQuery's API. -#}
{% macro bigquery__drop_relation(relation) -%}
  {% do adapter.delete_table(relation) %}
{% endmacro %}

{% macro bigquery__rename_relation(from_relation, to_relation) -%}
  {% do adapter.copy_and_delete_table(from_relation, to_relation) %}
{% endmacro %}

{% macro bigquery__drop_schema(relation) -%}
  {% do adapter.delete_dataset(relation) %}
{% endmacro %}

{% macro bigquery__drop_table(relation) %}
  drop table if exists {{ relation }}
{% endmacro %}

{% macro bigquery__drop_view(relation) %}
  drop view if exists {{ relation }}
{% endmacro %}

{% macro bigquery__drop_materialized_view(relation) %}
  drop materialized view if exists {{ relation }}
{% endmacro %}

{%- macro bigquery__get_rename_table_sql(relation, new_name) -%}
  alter table {{ relation }} rename to {{ new_name }}
{%- endmacro -%}

{%- macro bigquery__get_rename_view_sql(relation, new_name) -%}
  alter view {{ relation }} rename to {{ new_name }}
{%- endmacro -%}

{#- Of one run; what it leaves when it dies goes by itself after twelve hours. -#}
{% macro bigquery__make_relation_with_suffix(base_relation, suffix, dstring) %}
  {% set ending = suffix ~ (modules.datetime.datetime.now().strftime('%H%M%S%f') if dstring else '') %}
  {% do return(base_relation.incorporate(path={'identifier': base_relation.identifier[:1024 - (ending | length)] ~ ending})) %}
{% endmacro %}

{% macro bigquery__make_temp_relation(base_relation, suffix) %}
  {% do return(bigquery__make_relation_with_suffix(base_relation, suffix, dstring=True)) %}
{% endmacro %}

{% macro bigquery__make_intermediate_relation(base_relation, suffix) %}
  {% do return(bigquery__make_relation_with_suffix(base_relation, suffix, dstring=False)) %}
{% endmacro %}

{% macro bigquery__make_backup_relation(base_relation, backup_relation_type, suffix) %}
  {% do return(bigquery__make_relation_with_suffix(base_relation, suffix, dstring=False).incorporate(type=backup_relation_type)) %}
{% endmacro %}

{#- A sharded table of the day that a run asks for. -#}
{% macro date_sharded_table(base_name) %}
  {{ return(base_name ~ '[DBT__PARTITION_DATE]') }}
{% endmacro %}

{% macro grant_access_to(entity, entity_type, role, grant_target_dict) -%}
  {% do adapter.grant_access_to(entity, entity_type, role, grant_target_dict) %}
{% endmacro %}

{% macro bigquery__handle_existing_table(full_refresh, old_relation) %}
  {%- if full_refresh -%}
    {% do adapter.drop_relation(old_relation) %}
  {%- else -%}
    {% do exceptions.relation_wrong_type(old_relation, 'view') %}
  {%- endif -%}
{% endmacro %}

{% macro bigquery__can_clone_table() %}
  {{ return(True) }}
{% endmacro %}

{% macro bigquery__create_or_replace_clone(this_relation, defer_relation) %}
  drop table if exists {{ this_relation }};
  create or replace table {{ this_relation }} clone {{ defer_relation }};
{% endmacro %}
