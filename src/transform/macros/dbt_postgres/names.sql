{#-
  A name is cut rather than its suffix: PostgreSQL drops what is beyond 63 characters, and two neighbours of one relation
  would then be the same.
-#}
{% macro postgres__make_relation_with_suffix(base_relation, suffix, dstring) %}
  {%- set whole = suffix ~ modules.datetime.datetime.now().strftime('%H%M%S%f') if dstring else suffix -%}
  {%- set longest = base_relation.relation_max_name_length() -%}
  {%- if whole | length > longest -%}
    {%- do exceptions.raise_compiler_error(
      'Relation suffix is too long (' ~ (whole | length) ~ ' characters). Maximum length is ' ~ longest ~ ' characters.') -%}
  {%- endif -%}
  {%- set kept = base_relation.identifier[:longest - (whole | length)] -%}
  {{ return(base_relation.incorporate(path={'identifier': kept ~ whole})) }}
{% endmacro %}

{% macro postgres__make_intermediate_relation(base_relation, suffix) %}
  {{ return(postgres__make_relation_with_suffix(base_relation, suffix, dstring=False)) }}
{% endmacro %}

{#- Temporary tables lie outside of every schema of the project. -#}
{% macro postgres__make_temp_relation(base_relation, suffix) %}
  {%- set named = postgres__make_relation_with_suffix(base_relation, suffix, dstring=True) -%}
  {{ return(named.incorporate(path={'schema': none, 'database': none})) }}
{% endmacro %}

{% macro postgres__make_backup_relation(base_relation, backup_relation_type, suffix) %}
  {%- set named = postgres__make_relation_with_suffix(base_relation, suffix, dstring=False) -%}
  {{ return(named.incorporate(type=backup_relation_type)) }}
{% endmacro %}
